@NullMarked
package dev.castra.operation;

import org.jspecify.annotations.NullMarked;
