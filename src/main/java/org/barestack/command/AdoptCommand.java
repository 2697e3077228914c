package org.barestack.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.MacAddress;
import org.barestack.model.Node.Firmware;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeName;
import org.barestack.model.PlainText;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.render.Renderer;
import org.barestack.render.TemplateException;
import org.barestack.site.Adoption;
import org.barestack.site.Adoption.Answer;
import org.barestack.site.Adoption.Edit;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteProblem;
import org.barestack.site.SiteProblem.Severity;
import org.barestack.site.SiteResult;
import org.barestack.status.Machines;
import org.barestack.status.Machines.Stranger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack adopt MAC}. */
@Command(
    name = "adopt",
    sortOptions = false,
    description = {
      "Prints the lines that make a machine a node, ready for site.yaml.",
      "With --write it puts them there, and changes nothing else in the file."
    },
    footer = {
      "",
      "Examples:",
      "  barestack adopt 52:54:00:60:00:0c",
      "  barestack adopt 52:54:00:60:00:0c --name kvm2 --role kvm-worker --write"
    })
public final class AdoptCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  @Parameters(paramLabel = "MAC", description = "Of the NIC by which it boots.")
  private String mac = "";

  @Option(names = "--name", paramLabel = "NAME", description = "Default: kvm2 after kvm1.")
  private @Nullable String name;

  @Option(names = "--role", paramLabel = "ROLE", description = "Default: kvm-worker.")
  private @Nullable String role;

  @Option(names = "--address", paramLabel = "IP", description = "Default: the next free one.")
  private @Nullable String address;

  @Option(
      names = "--disk",
      paramLabel = "RULE",
      description = "serial=.., wwn=.., path=.., min=40G or min=40G,max=60G.")
  private @Nullable String disk;

  @Option(names = "--nic", paramLabel = "NIC=MAC", description = "A further NIC; may be repeated.")
  private Map<String, String> nics = new LinkedHashMap<>();

  @Option(names = "--write", description = "Put them into site.yaml.")
  private boolean write;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Mixin private final JournalOptions options = new JournalOptions();

  @Spec private CommandSpec command = CommandSpec.create();

  /** What the journal knows. */
  private record Memory(@Nullable Stranger machine, Set<NodeName> nodes) {}

  @Override
  public Integer call() throws IOException {
    MacAddress boots = boots();
    Path file = options.file();
    Path target = file.toRealPath();
    byte[] before = Files.readAllBytes(target);
    Renderer renderer = options.renderer();
    Memory memory = memory(boots);
    Stranger machine = memory.machine();
    Adoption.Wish wish =
        new Adoption.Wish(boots, name, role, address, disk, nics, firmware(machine));
    return switch (Adoption.of(file, before, renderer.roles(), wish)) {
      case Answer.Unreadable(List<SiteProblem> problems) ->
          throw Failure.badInput(
              text(problems) + "\n" + file + " cannot be read; nothing was done");
      case Answer.Refused(String message) -> throw Failure.badInput(message);
      case Answer.Already(String node, int line) -> already(boots, node, file + ":" + line);
      case Answer.Drafted draft -> {
        List<SiteProblem> errors = newErrors(draft, file, before, renderer);
        if (write) {
          writable(draft, errors, file);
          replace(target, file, before, draft);
        }
        tell(boots, draft, errors, memory, file);
        yield errors.isEmpty() && draft.missing().isEmpty() ? 0 : Failure.NOT_DONE;
      }
    };
  }

  private MacAddress boots() {
    try {
      return new MacAddress(mac);
    } catch (IllegalArgumentException e) {
      throw Failure.badInput(e.getMessage() + "; write it like 52:54:00:ab:cd:01");
    }
  }

  // What is known of the machine.

  private Memory memory(MacAddress boots) {
    try (Journal journal = SqliteJournal.readOnly(options.journal())) {
      Subject.OfStranger stranger = new Subject.OfStranger(boots);
      Set<NodeName> nodes = new HashSet<>();
      for (NodeEvent event : journal.since(0)) {
        if (event.subject() instanceof Subject.OfNode(NodeName node)) {
          if (event.kind() == NodeEvent.Kind.FORGOTTEN) {
            nodes.remove(node);
          } else {
            nodes.add(node);
          }
        }
      }
      return new Memory(
          Machines.NONE.after(journal.events(stranger)).strangers().get(boots), nodes);
    }
  }

  /** Whatever asked by it, firmware or loader, says so in its name. */
  private static @Nullable Firmware firmware(@Nullable Stranger machine) {
    if (machine == null) {
      return null;
    }
    if (machine.client().contains("UEFI")) {
      return Firmware.UEFI;
    }
    return machine.client().contains("BIOS") ? Firmware.BIOS : null;
  }

  private Integer already(MacAddress boots, String node, String place) {
    Print out = new Print(command);
    if (json) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("mac", boots.text());
      fields.put("name", node);
      fields.put("already", true);
      fields.put("place", place);
      out.json(fields);
    } else {
      out.line(boots + " is node " + node + " already (" + place + "); nothing to do");
    }
    return 0;
  }

  // What the file would be.

  /** Errors that the file does not have without the node. */
  private List<SiteProblem> newErrors(
      Answer.Drafted draft, Path file, byte[] before, Renderer renderer) {
    if (!(draft.edit() instanceof Edit.Possible possible)) {
      return List.of();
    }
    Set<String> old =
        errors(SiteFile.load(file, before, renderer.roles())).stream()
            .map(AdoptCommand::what)
            .collect(Collectors.toSet());
    SiteResult after = SiteFile.load(file, possible.octets(), renderer.roles());
    List<SiteProblem> fresh =
        new ArrayList<>(
            errors(after).stream()
                .filter(one -> !old.contains(what(one)))
                .filter(one -> !unknownMac(draft, one))
                .toList());
    if (after instanceof SiteResult.Good(Site site, var _)) {
      fresh.addAll(rendered(draft, possible, site, file, renderer));
    }
    return fresh;
  }

  /** What is told in better words by {@link #unwired}. */
  private static boolean unknownMac(Answer.Drafted draft, SiteProblem problem) {
    return draft.missing().stream()
        .anyMatch(nic -> problem.path().equals("nodes." + draft.name() + ".nics." + nic));
  }

  private static List<SiteProblem> errors(SiteResult result) {
    return switch (result) {
      case SiteResult.Good _ -> List.of();
      case SiteResult.Bad(List<SiteProblem> problems) ->
          problems.stream().filter(one -> one.severity() == Severity.ERROR).toList();
    };
  }

  /** The same problem, wherever an edit moved it. */
  private static String what(SiteProblem problem) {
    return String.join("\n", problem.path(), problem.message(), problem.remedy());
  }

  private static List<SiteProblem> rendered(
      Answer.Drafted draft, Edit.Possible possible, Site site, Path file, Renderer renderer) {
    try {
      renderer.artefacts(site, SiteOptions.node(site, draft.name()));
      return List.of();
    } catch (TemplateException e) {
      return e.problems().stream()
          .map(problem ->
              new SiteProblem(
                  Severity.ERROR,
                  file.toString(),
                  possible.line(),
                  1,
                  "nodes." + draft.name(),
                  problem.file() + ":" + problem.line() + ": " + problem.message(),
                  "correct the template, or choose another role"))
          .toList();
    }
  }

  /** Whether it may be written; else that ends the command. */
  private static void writable(Answer.Drafted draft, List<SiteProblem> errors, Path file) {
    String paste = "; nothing was written. The lines for you to put in:\n" + lines(draft);
    if (!draft.missing().isEmpty()) {
      throw Failure.badInput(
          unwired(draft)
              + "; give "
              + draft.missing().stream()
                  .map(nic -> "--nic " + nic + "=MAC")
                  .collect(Collectors.joining(" "))
              + ". Nothing was written");
    }
    if (draft.edit() instanceof Edit.Impossible(String reason)) {
      throw Failure.notDone(file + ": " + reason + paste);
    }
    if (!errors.isEmpty()) {
      throw Failure.notDone(
          "with " + draft.name() + " the site would not be valid" + paste + "\n" + text(errors));
    }
  }

  private static String unwired(Answer.Drafted draft) {
    return draft.name()
        + " needs "
        + String.join(", ", draft.missing())
        + " like the others of its role, and their MAC addresses are not known";
  }

  private static String lines(Answer.Drafted draft) {
    return String.join("\n", draft.lines());
  }

  private static String text(List<SiteProblem> problems) {
    return problems.stream().map(SiteProblem::toString).collect(Collectors.joining("\n"));
  }

  private static void replace(Path target, Path file, byte[] before, Answer.Drafted draft)
      throws IOException {
    if (!(draft.edit() instanceof Edit.Possible possible)) {
      throw new IllegalStateException("only what can be written is");
    }
    EditedFile.replace(target, file, before, possible.octets());
  }

  // What is told.

  private void tell(
      MacAddress boots, Answer.Drafted draft, List<SiteProblem> errors, Memory memory, Path file) {
    List<String> notes = notes(boots, draft, memory);
    Print out = new Print(command);
    if (json) {
      out.json(fields(boots, draft, errors, notes, memory.machine(), file));
      return;
    }
    PrintWriter err = command.commandLine().getErr();
    if (write && draft.edit() instanceof Edit.Possible(var _, int line)) {
      out.line(
          "%s is in %s:%d, as %s with %s"
              .formatted(draft.name(), file, line, draft.role(), draft.address()));
    }
    draft.lines().forEach(out::line);
    notes.forEach(note -> err.println("barestack: " + note));
    errors.forEach(error -> err.println(error));
    if (write) {
      out.line(
          "Commit it. It installs on a blank disk when it next boots from the network; serve takes"
              + " the new file by itself");
      return;
    }
    switch (draft.edit()) {
      case Edit.Impossible(String reason) ->
          err.println("barestack: put them in by hand: " + reason);
      case Edit.Possible(var _, int line) ->
          err.println(
              errors.isEmpty() && draft.missing().isEmpty()
                  ? "barestack: --write puts this at " + file + ":" + line
                  : "barestack: with these lines the site is not valid yet");
    }
  }

  private List<String> notes(MacAddress boots, Answer.Drafted draft, Memory memory) {
    List<String> notes = new ArrayList<>();
    Stranger machine = memory.machine();
    notes.add(
        machine == null
            ? boots + " was never seen here: check it (barestack status lists machines that asked)"
            : boots + " was last seen " + seen(machine));
    notes.addAll(draft.notes());
    if (!draft.missing().isEmpty()) {
      notes.add(unwired(draft) + ": put them in, or give --nic");
    }
    if (memory.nodes().contains(new NodeName(draft.name()))) {
      notes.add(
          "the journal remembers an earlier "
              + draft.name()
              + ", whose state this machine would have: barestack forget "
              + draft.name()
              + " once it is in site.yaml, or choose another --name");
    }
    return notes;
  }

  private static String seen(Stranger machine) {
    return PlainText.of(
        Stream.of(
                TIME.format(machine.lastSeen().atZone(ZoneId.systemDefault())),
                machine.client(),
                machine.product(),
                machine.serial().isEmpty() ? "" : "serial " + machine.serial(),
                machine.uuid().isEmpty() ? "" : "UUID " + machine.uuid())
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(", ")));
  }

  private Map<String, @Nullable Object> fields(
      MacAddress boots,
      Answer.Drafted draft,
      List<SiteProblem> errors,
      List<String> notes,
      @Nullable Stranger machine,
      Path file) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("mac", boots.text());
    fields.put("name", draft.name());
    fields.put("already", false);
    fields.put("role", draft.role());
    fields.put("profile", draft.profile());
    fields.put("address", draft.address().toString());
    Firmware firmware = draft.firmware();
    fields.put("firmware", firmware == null ? null : firmware.name().toLowerCase(Locale.ROOT));
    fields.put("nics", draft.nics());
    fields.put("missing", draft.missing());
    fields.put("seen", machine == null ? null : fields(machine));
    fields.put("notes", notes);
    fields.put("errors", errors.stream().map(SiteProblem::toString).toList());
    fields.put("lines", draft.lines());
    fields.put(
        "place",
        Optional.of(draft.edit())
            .filter(Edit.Possible.class::isInstance)
            .map(edit -> file + ":" + ((Edit.Possible) edit).line())
            .orElse(null));
    fields.put("written", write);
    return fields;
  }

  private static Map<String, Object> fields(Stranger machine) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("at", machine.lastSeen().toString());
    fields.put("client", machine.client());
    fields.put("uuid", machine.uuid());
    fields.put("serial", machine.serial());
    fields.put("product", machine.product());
    return fields;
  }
}
