@NullMarked
package dev.castra.project;

import org.jspecify.annotations.NullMarked;
