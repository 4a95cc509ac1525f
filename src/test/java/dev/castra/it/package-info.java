/** The packaged castra as child processes, with real QEMU and the tiny guest. */
@NullMarked
package dev.castra.it;

import org.jspecify.annotations.NullMarked;
