/** The command line: composition root and exit codes. */
@NullMarked
package dev.castra.cli;

import org.jspecify.annotations.NullMarked;
