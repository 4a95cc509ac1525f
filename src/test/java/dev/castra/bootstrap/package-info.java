@NullMarked
package dev.castra.bootstrap;

import org.jspecify.annotations.NullMarked;
