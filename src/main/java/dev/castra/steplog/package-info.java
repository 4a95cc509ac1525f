/** Durable run logs on disk. */
@NullMarked
package dev.castra.steplog;

import org.jspecify.annotations.NullMarked;
