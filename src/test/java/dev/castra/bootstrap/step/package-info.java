@NullMarked
package dev.castra.bootstrap.step;

import org.jspecify.annotations.NullMarked;
