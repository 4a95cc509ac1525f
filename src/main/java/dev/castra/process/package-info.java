/** Child processes, process identity, private files, and the one place that waits. */
@NullMarked
package dev.castra.process;

import org.jspecify.annotations.NullMarked;
