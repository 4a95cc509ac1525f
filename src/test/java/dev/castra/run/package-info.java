@NullMarked
package dev.castra.run;

import org.jspecify.annotations.NullMarked;
