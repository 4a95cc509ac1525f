@NullMarked
package dev.castra.report;

import org.jspecify.annotations.NullMarked;
