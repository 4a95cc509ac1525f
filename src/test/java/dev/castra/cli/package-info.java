@NullMarked
package dev.castra.cli;

import org.jspecify.annotations.NullMarked;
