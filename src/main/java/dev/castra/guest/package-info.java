/** Talks to a guest over SSH. */
@NullMarked
package dev.castra.guest;

import org.jspecify.annotations.NullMarked;
