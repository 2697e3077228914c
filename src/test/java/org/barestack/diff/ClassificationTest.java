package org.barestack.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.model.Trust;
import org.barestack.render.Renderer;
import org.barestack.testing.Examples;
import org.barestack.testing.Sites;
import org.junit.jupiter.api.Test;

/** Whoever adds a value or a text to a site must say what a change of it means. */
class ClassificationTest {
  /** Records whose parts are values of their own; all others are taken as one value. */
  private static final Set<Class<?>> PARTS =
      Set.of(
          Site.Time.class,
          Site.Localization.class,
          Site.Rocky.class,
          Site.CloudStack.class,
          Site.Repositories.class,
          Site.Provisioning.class,
          Site.Networks.class,
          Site.Management.class,
          Site.PublicNetwork.class,
          Site.Guest.class,
          Site.Access.class,
          Site.Workers.class,
          Site.Zone.class,
          Trust.class);

  private static Stream<String> components(Class<?> type, String prefix) {
    return Stream.of(type.getRecordComponents())
        .flatMap((RecordComponent component) ->
            PARTS.contains(component.getType())
                ? components(component.getType(), prefix + component.getName() + ".")
                : Stream.of(prefix + component.getName()));
  }

  @Test
  void everyValueOfASiteIsClassified() {
    assertThat(SiteFields.ALL.stream().map(SiteFields.Field::component))
        .containsExactlyInAnyOrderElementsOf(components(Site.class, "").toList());
  }

  @Test
  void everyValueOfANodeIsClassified() {
    assertThat(NodeFields.ALL.stream().map(NodeFields.Field::component))
        .containsExactlyInAnyOrderElementsOf(components(Node.class, "").toList());
  }

  @Test
  void aValueIsReadWhereItsNameSays() {
    Site site = Sites.rack();
    assertThat(SiteFields.ALL)
        .allSatisfy(
            field -> assertThat(field.value().apply(site)).as(field.component()).isNotNull());
    assertThat(SiteFields.ALL.stream().map(SiteFields.Field::key)).doesNotHaveDuplicates();
  }

  @Test
  void everyArtefactIsClassified() {
    Renderer renderer = new Renderer(List.of());
    Stream.concat(Examples.names().stream().map(Examples::site), Stream.of(Sites.rack()))
        .forEach(site ->
            site.nodes()
                .forEach(node ->
                    assertThat(renderer.artefacts(site, node).keySet())
                        .allSatisfy(name -> assertThat(Effect.of(name)).as(name).isPresent())));
    assertThat(Effect.of("something-new")).isEmpty();
  }
}
