/** The embedded database: the only package that knows SQL. */
@NullMarked
package dev.castra.store;

import org.jspecify.annotations.NullMarked;
