/** Turns {@code castra.toml} into validated records, reporting every mistake at once. */
@NullMarked
package dev.castra.project;

import org.jspecify.annotations.NullMarked;
