@NullMarked
package dev.castra.event;

import org.jspecify.annotations.NullMarked;
