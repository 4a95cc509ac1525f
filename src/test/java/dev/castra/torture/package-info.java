/** Random rounds of real castra processes, and what must hold after each of them. */
@NullMarked
package dev.castra.torture;

import org.jspecify.annotations.NullMarked;
