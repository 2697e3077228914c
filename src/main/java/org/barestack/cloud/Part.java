package org.barestack.cloud;

import java.util.List;
import java.util.function.Function;
import org.barestack.model.NodeName;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a site wants of its cloud. It knows how it is found and how it is made, so that
 * plan and apply are the same walk and cannot disagree.
 *
 * @param kind {@code zone}, {@code traffic type}
 * @param name what it is called among those of its kind
 * @param detail what else people want to know of it; may be empty
 * @param cluster of a host the cluster it belongs to, of a cluster its name; null otherwise
 * @param node of a host the worker that it is; null otherwise
 * @param look whether it is there; a part whose parent is missing is missing
 * @param make the calls that make it, in order; asked only while its parents are there
 */
record Part(
    String kind,
    String name,
    String detail,
    @Nullable String cluster,
    @Nullable NodeName node,
    Function<LivingCloud, Look> look,
    Function<LivingCloud, List<Call>> make) {

  /** What was found. */
  sealed interface Look {
    /** Nothing. */
    record Missing() implements Look {}

    /** It is there; without differences it is as the site wants it. */
    record There(List<Difference> differences) implements Look {
      public There {
        differences = List.copyOf(differences);
      }
    }
  }

  /** Something of it is not as the site wants it. */
  record Difference(String field, String is, String wanted, Fix fix) {
    @Override
    public String toString() {
      return field + " is " + (is.isEmpty() ? "not set" : is) + ", the site wants " + wanted;
    }
  }

  /** What is done about a difference. */
  sealed interface Fix {
    /**
     * Calls that set it right and endanger nothing.
     *
     * @param note what people must know of it; may be empty
     */
    record Mend(List<Call> calls, String note) implements Fix {
      public Mend {
        calls = List.copyOf(calls);
      }
    }

    /**
     * Somebody must decide.
     *
     * @param cause why it is not simply set
     * @param remedy what they can do
     * @param stops whether nothing that comes after it can be made rightly
     */
    record Person(String cause, String remedy, boolean stops) implements Fix {}
  }

  /** For people: {@code zone zone1}. */
  @Override
  public String toString() {
    return kind + " " + name;
  }
}
