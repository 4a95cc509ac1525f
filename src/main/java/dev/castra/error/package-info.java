/** Errors a user can act on, with stable codes, and the one for defects of Castra itself. */
@NullMarked
package dev.castra.error;

import org.jspecify.annotations.NullMarked;
