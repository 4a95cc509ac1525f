/** Decides whether a bootstrap is due and carries it out, step by step. */
@NullMarked
package dev.castra.bootstrap;

import org.jspecify.annotations.NullMarked;
