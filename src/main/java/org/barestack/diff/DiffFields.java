package org.barestack.diff;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A difference for programs: maps, lists, texts and numbers. */
public final class DiffFields {
  private DiffFields() {}

  /**
   * All of it.
   *
   * @param beforeCommit in hexadecimal digits
   * @param afterCommit null for the working tree
   */
  public static Map<String, @Nullable Object> of(
      SiteDiff diff, String beforeCommit, @Nullable String afterCommit) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("before", side(diff.before(), beforeCommit));
    fields.put("after", side(diff.after(), afterCommit));
    fields.put("compared", diff.compared());
    fields.put("nodes", diff.nodes().stream().map(DiffFields::node).toList());
    fields.put("site", diff.site().stream().map(DiffFields::field).toList());
    return fields;
  }

  private static Map<String, @Nullable Object> side(String title, @Nullable String commit) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("title", title);
    fields.put("commit", commit);
    return fields;
  }

  private static Map<String, Object> node(NodeChange change) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("node", change.name().text());
    switch (change) {
      case NodeChange.Added _ -> {
        fields.put("change", "added");
        fields.put("text", change.toString());
      }
      case NodeChange.Removed _ -> {
        fields.put("change", "removed");
        fields.put("text", change.toString());
      }
      case NodeChange.Changed changed -> {
        fields.put("change", "changed");
        fields.put("effects", changed.effects().stream().map(Effect::brief).toList());
        if (changed.effects().contains(Effect.REINSTALL)) {
          fields.put("reinstall", changed.reinstall());
        }
        fields.put("fields", changed.fields().stream().map(DiffFields::field).toList());
        fields.put("artefacts", changed.artefacts().stream().map(DiffFields::artefact).toList());
      }
    }
    return fields;
  }

  private static Map<String, Object> artefact(ArtefactChange change) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("artefact", change.artefact());
    fields.put("change", change.kind().name().toLowerCase(Locale.ROOT));
    fields.put("effect", change.effect().brief());
    fields.put("added", change.added());
    fields.put("removed", change.removed());
    fields.put("diff", change.hunks());
    return fields;
  }

  private static Map<String, Object> field(FieldChange change) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", change.key());
    fields.put("before", change.before());
    fields.put("after", change.after());
    fields.put("effect", change.effect());
    return fields;
  }
}
