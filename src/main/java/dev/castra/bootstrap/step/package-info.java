/** One class per step of a bootstrap. */
@NullMarked
package dev.castra.bootstrap.step;

import org.jspecify.annotations.NullMarked;
