/** Values that describe a virtual machine; no I/O. */
@NullMarked
package dev.castra.vm;

import org.jspecify.annotations.NullMarked;
