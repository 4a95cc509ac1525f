@NullMarked
package dev.castra.error;

import org.jspecify.annotations.NullMarked;
