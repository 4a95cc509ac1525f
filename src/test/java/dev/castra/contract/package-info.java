/** The JSON that castra prints and keeps, held to the schemas in docs. */
@NullMarked
package dev.castra.contract;

import org.jspecify.annotations.NullMarked;
