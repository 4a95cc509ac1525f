/** Values that describe one attempt to bootstrap one VM; no I/O. */
@NullMarked
package dev.castra.run;

import org.jspecify.annotations.NullMarked;
