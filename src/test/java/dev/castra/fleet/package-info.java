/** Many machines for the benchmarks. */
@NullMarked
package dev.castra.fleet;

import org.jspecify.annotations.NullMarked;
