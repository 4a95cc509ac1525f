/** One use case per class; results are records, nothing is printed. */
@NullMarked
package dev.castra.operation;

import org.jspecify.annotations.NullMarked;
