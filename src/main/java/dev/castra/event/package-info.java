/** What happened, as immutable records with a JSON form. */
@NullMarked
package dev.castra.event;

import org.jspecify.annotations.NullMarked;
