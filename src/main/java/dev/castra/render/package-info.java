/** Text, live progress and JSON for people and programs. */
@NullMarked
package dev.castra.render;

import org.jspecify.annotations.NullMarked;
