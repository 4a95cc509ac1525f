/** Starts, watches and stops QEMU processes. */
@NullMarked
package dev.castra.qemu;

import org.jspecify.annotations.NullMarked;
