/** Archives that tell others of a run, and keep secrets out of them. */
@NullMarked
package dev.castra.report;

import org.jspecify.annotations.NullMarked;
