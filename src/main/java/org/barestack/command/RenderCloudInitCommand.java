package org.barestack.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack render-cloud-init NODE}. */
@Command(
    name = "render-cloud-init",
    description = {
      "Prints what cloud-init on a node will be served: user-data, meta-data, network-config,"
          + " vendor-data.",
      "Install id and token are examples; barestack seed NODE opens a real install."
    },
    footer = {"", "Example:", "  barestack render-cloud-init kvm1 --out seed/"})
public final class RenderCloudInitCommand implements Callable<Integer> {
  private static final String FOLDER = "cloud-init/";

  @Mixin private final SiteOptions options = new SiteOptions();

  @Parameters(paramLabel = "NODE", description = "A node of the site.")
  private String node = "";

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "Write four files into this folder instead.")
  private @Nullable Path out;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Site site = options.load();
    Node one = SiteOptions.node(site, node);
    Map<String, String> texts = new LinkedHashMap<>();
    options
        .renderer()
        .artefacts(site, one)
        .forEach((name, text) -> {
          if (name.startsWith(FOLDER)) {
            texts.put(name.substring(FOLDER.length()), text);
          }
        });
    Print print = new Print(command);
    Path folder = out;
    if (folder == null) {
      texts.forEach((name, text) -> print.text("# ---- " + name + "\n" + text));
      return 0;
    }
    Files.createDirectories(folder);
    for (Map.Entry<String, String> text : texts.entrySet()) {
      NewFile.write(folder.resolve(text.getKey()), "rw-r--r--", NewFile.text(text.getValue()));
    }
    print.line(String.join(", ", texts.keySet()) + " of " + one.name() + " in " + folder);
    return 0;
  }
}
