@NullMarked
package org.barestack.model;

import org.jspecify.annotations.NullMarked;
