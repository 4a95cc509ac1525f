@NullMarked
package dev.castra.render;

import org.jspecify.annotations.NullMarked;
