/** Base images and the overlays made on them. */
@NullMarked
package dev.castra.image;

import org.jspecify.annotations.NullMarked;
