package org.barestack.site;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Node.Firmware;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.barestack.model.Subnet;
import org.barestack.site.Value.Mapping;
import org.barestack.site.Value.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * One more node for a site file: what is not said is taken from the nodes that are there. The file
 * may have errors elsewhere, since somebody may be at work on it.
 */
public final class Adoption {
  /** Stands where a MAC address is not known; no site with it is valid. */
  static final String UNKNOWN_MAC = "REPLACE";

  private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");
  private static final Pattern RANGE = Pattern.compile("(" + ADDRESS + ") ?- ?(" + ADDRESS + ")");
  private static final Pattern NIC_NAME = Pattern.compile("[a-z][a-z0-9]{0,14}");
  private static final Pattern DISK =
      Pattern.compile("(serial|wwn|path|min)=([^=]+)|min=([^=]+),max=([^=]+)");
  private static final MacAddress NO_MAC = new MacAddress("00:00:00:00:00:00");

  /**
   * What is asked for.
   *
   * @param mac of the NIC that boots
   * @param name null to propose one
   * @param role null for a KVM worker
   * @param address null for the next free one
   * @param disk {@code serial=..}, {@code wwn=..}, {@code path=..}, {@code min=40G} or {@code
   *     min=40G,max=60G}; null for the rule of the other nodes of the role
   * @param nics further NICs by their names
   * @param firmware what the machine was seen to boot by; null if it was not seen
   */
  public record Wish(
      MacAddress mac,
      @Nullable String name,
      @Nullable String role,
      @Nullable String address,
      @Nullable String disk,
      Map<String, String> nics,
      @Nullable Firmware firmware) {
    public Wish {
      nics = Collections.unmodifiableMap(new LinkedHashMap<>(nics));
    }
  }

  /** What comes of it. */
  public sealed interface Answer {
    /** The file cannot be understood. */
    record Unreadable(List<SiteProblem> problems) implements Answer {
      public Unreadable {
        problems = List.copyOf(problems);
      }
    }

    /** The machine is that node already, and nothing that was asked for says otherwise. */
    record Already(String node, int line) implements Answer {}

    /** Something that was asked for cannot be; with what to do. */
    record Refused(String message) implements Answer {}

    /**
     * A node.
     *
     * @param profile null for none
     * @param firmware null if it is as its profile or the default says
     * @param nics MAC addresses by name, the first one boots; without those that are not known
     * @param missing names of NICs that its links need and nobody named
     * @param notes how what was not asked for was chosen, for people
     * @param lines to be put among the others
     * @param edit what putting them there makes of the file
     */
    record Drafted(
        String name,
        String role,
        @Nullable String profile,
        Ipv4 address,
        @Nullable Firmware firmware,
        Map<String, String> nics,
        List<String> missing,
        List<String> notes,
        List<String> lines,
        Edit edit)
        implements Answer {
      public Drafted {
        nics = Collections.unmodifiableMap(new LinkedHashMap<>(nics));
        missing = List.copyOf(missing);
        notes = List.copyOf(notes);
        lines = List.copyOf(lines);
      }
    }
  }

  /** What putting a node into a file makes of it. */
  public sealed interface Edit {
    /**
     * The new file: the old one with the node, and nothing else in it is another.
     *
     * @param line where the node's name stands
     */
    record Possible(String text, int line) implements Edit {
      /** The file's octets. */
      public byte[] octets() {
        return text.getBytes(StandardCharsets.UTF_8);
      }
    }

    /** It is for people to put it in. */
    record Impossible(String reason) implements Edit {}
  }

  /** Ends the drafting. */
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message, null, false, false);
    }
  }

  /** A node as it stands in the file, and with its profile merged in. */
  private record Known(String name, Value written, Value merged, Optional<Role> role) {}

  private final Path file;
  private final byte[] octets;
  private final Wish wish;
  private final Set<Role> roles;
  private final Value written;
  private final Value root;
  private final SiteReader site;
  private final Reading reading;
  private final List<Known> nodes = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private Adoption(
      Path file, byte[] octets, Set<Role> roles, Wish wish, Reading reading, Value written) {
    this.file = file;
    this.octets = octets;
    this.wish = wish;
    this.roles = roles;
    this.written = written;
    this.reading = reading;
    this.root = new SchemaCheck(reading).check(written);
    this.site = new SiteReader(reading, root, file.resolveSibling(""), roles);
    for (NodeReader one : site.nodeReaders()) {
      nodes.add(
          new Known(
              one.name(),
              root.at("nodes").at(one.name()),
              one.value(),
              reading.attempt(one::role)));
    }
  }

  /**
   * Drafts the node.
   *
   * @param file as the caller names it, for messages
   * @param octets what stands in it
   * @param roles the roles for which there are templates
   */
  public static Answer of(Path file, byte[] octets, Set<Role> roles, Wish wish) {
    Reading reading = new Reading(file.toString());
    Optional<Value> written = reading.attempt(() -> new YamlText(reading).parse(octets));
    if (written.isEmpty()) {
      return new Answer.Unreadable(reading.problems());
    }
    Adoption adoption = new Adoption(file, octets, roles, wish, reading, written.get());
    try {
      return adoption.answer();
    } catch (Refusal e) {
      return new Answer.Refused(String.valueOf(e.getMessage()));
    } catch (Reading.Reported e) {
      return new Answer.Unreadable(reading.problems());
    }
  }

  private Answer answer() {
    Optional<Answer> known = known();
    if (known.isPresent()) {
      return known.get();
    }
    usable(wish.mac(), "");
    Role role = role();
    String name = name(role);
    Ipv4 address = address(role);
    Optional<Known> model = ofRole(role).reduce((earlier, later) -> later);
    String profile = profile(role, model);
    Map<String, Value> base = new LinkedHashMap<>();
    base.put(profile == null ? "role" : "profile", text(profile == null ? role.name() : profile));
    Value merged = site.withProfile(new Mapping(Place.START, base));

    Map<String, Value> keys = new LinkedHashMap<>(base);
    Firmware firmware = firmware(merged);
    if (firmware != null) {
      keys.put("firmware", text(firmware == Firmware.BIOS ? "bios" : "uefi"));
    }
    keys.put("address", text(address.toString()));
    Map<String, String> nics = nics(role, merged, model);
    Map<String, Value> macs = new LinkedHashMap<>();
    nics.forEach((nic, mac) -> macs.put(nic, text(mac)));
    keys.put("nics", new Mapping(Place.START, macs));
    disks(name, model, profile).ifPresent(disks -> keys.put("disks", disks));
    Mapping node = new Mapping(Place.START, keys);

    List<String> missing =
        nics.entrySet().stream()
            .filter(nic -> nic.getValue().equals(UNKNOWN_MAC))
            .map(Map.Entry::getKey)
            .toList();
    Map<String, String> named = new LinkedHashMap<>(nics);
    missing.forEach(named::remove);
    Put put = put(name, node);
    return new Answer.Drafted(
        name, role.name(), profile, address, firmware, named, missing, notes, put.lines, put.edit);
  }

  private static Scalar text(String text) {
    return new Scalar(Place.START, Value.Kind.TEXT, text);
  }

  /** {@code site.yaml:12}. */
  private String at(Value value) {
    return file + ":" + value.place().line();
  }

  // What is there already.

  private record Owner(String node, String nic, Value place, boolean boots) {}

  private Optional<Owner> owner(MacAddress mac) {
    for (Map.Entry<String, Value> node : written.at("nodes").entries().entrySet()) {
      Set<String> names = node.getValue().at("nics").entries().keySet();
      for (String nic : names) {
        Value value = node.getValue().at("nics").at(nic);
        if (value instanceof Scalar(var _, var _, String text) && mac.equals(macOrNull(text))) {
          boolean boots = nic.equals(names.iterator().next());
          return Optional.of(new Owner(node.getKey(), nic, value, boots));
        }
      }
    }
    return Optional.empty();
  }

  private static @Nullable MacAddress macOrNull(String text) {
    try {
      return new MacAddress(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private Optional<Answer> known() {
    Optional<Owner> found = owner(wish.mac());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Owner owner = found.get();
    String is =
        "%s is already %s of node %s (%s)"
            .formatted(wish.mac(), owner.nic, owner.node, at(owner.place));
    if (!owner.boots) {
      throw new Refusal(
          is + ", which boots by another NIC; name the NIC by which the machine boots");
    }
    Value node = written.at("nodes").at(owner.node);
    Optional<Known> known = nodes.stream().filter(one -> one.name.equals(owner.node)).findFirst();
    List<String> differences = new ArrayList<>();
    if (wish.name() != null && !wish.name().equals(owner.node)) {
      differences.add("not " + wish.name());
    }
    String role = known.flatMap(Known::role).map(Role::name).orElse("unknown");
    if (wish.role() != null && !wish.role().equals(role)) {
      differences.add("with the role " + role);
    }
    if (wish.address() != null
        && !(node.at("address") instanceof Scalar(var _, var _, String text)
            && text.equals(wish.address()))) {
      differences.add("with another address");
    }
    if (!differences.isEmpty()) {
      throw new Refusal(is + ", " + String.join(", ", differences) + "; edit that node");
    }
    return Optional.of(new Answer.Already(owner.node, node.place().line()));
  }

  /** Whether a machine can have it. */
  private static void usable(MacAddress mac, String nic) {
    String of = nic.isEmpty() ? "" : "--nic " + nic + ": ";
    if (mac.isGroup() || mac.equals(NO_MAC)) {
      throw new Refusal(
          of
              + (mac.isGroup() ? mac + " is a group address" : mac + " is no machine's address")
              + "; give the address that is printed on the card");
    }
    if (SiteDraft.isPlaceholder(mac)) {
      throw new Refusal(
          of + mac + " is a placeholder, which no machine has; give that of the NIC that boots");
    }
  }

  // Role and name.

  private Role role() {
    String name = wish.role() == null ? Role.KVM_WORKER.name() : wish.role();
    Set<String> known =
        roles.stream().map(Role::name).collect(Collectors.toCollection(TreeSet::new));
    if (!known.contains(name)) {
      throw new Refusal(
          "there is no role " + Wording.quote(name) + "; " + Wording.suggestion(name, known));
    }
    Role role = new Role(name);
    if (role.equals(Role.MANAGEMENT)) {
      ofRole(role)
          .findFirst()
          .ifPresent(first -> {
            throw new Refusal(
                "%s is the management node already (%s); a site has exactly one: give another role"
                    .formatted(first.name, at(written.at("nodes").at(first.name))));
          });
    }
    return role;
  }

  private Stream<Known> ofRole(Role role) {
    return nodes.stream().filter(one -> one.role.equals(Optional.of(role)));
  }

  private String name(Role role) {
    Set<String> taken = written.at("nodes").entries().keySet();
    if (wish.name() == null) {
      return nextName(role, taken);
    }
    String name = wish.name();
    try {
      NodeName _ = new NodeName(name);
    } catch (IllegalArgumentException e) {
      throw new Refusal("--name: " + e.getMessage() + "; choose one like " + nextName(role, taken));
    }
    if (taken.contains(name)) {
      throw new Refusal(taken(name, role, taken));
    }
    return name;
  }

  private String taken(String name, Role role, Set<String> taken) {
    Value node = written.at("nodes").at(name);
    Optional<MacAddress> boots =
        node.at("nics").entries().values().stream()
            .findFirst()
            .filter(Scalar.class::isInstance)
            .map(value -> macOrNull(((Scalar) value).text()));
    if (boots.filter(SiteDraft::isPlaceholder).isPresent()) {
      return "%s is already a node (%s), whose MAC address %s is a placeholder; write %s in its place"
          .formatted(name, at(node), boots.get(), wish.mac());
    }
    return "%s is already a node (%s)%s; choose another name, or leave out --name for %s"
        .formatted(
            name, at(node), boots.map(mac -> " with " + mac).orElse(""), nextName(role, taken));
  }

  /** The number after the highest of the role's nodes that are called alike. */
  private String nextName(Role role, Set<String> taken) {
    List<String> names = ofRole(role).map(Known::name).toList();
    String model = names.isEmpty() ? firstName(role) + "0" : names.getLast();
    Matcher numbered = Pattern.compile("(.*?)([0-9]{0,9})").matcher(model);
    if (!numbered.matches()) {
      throw new Refusal("no name comes after " + model + "; give --name");
    }
    String stem = numbered.group(1);
    int width = numbered.group(2).length();
    Pattern alike = Pattern.compile(Pattern.quote(stem) + "([0-9]{1,9})");
    int highest =
        names.stream()
            .map(alike::matcher)
            .filter(Matcher::matches)
            .mapToInt(match -> Integer.parseInt(match.group(1)))
            .max()
            .orElse(width == 0 ? 1 : 0);
    String name;
    do {
      highest++;
      name = stem + ("%0" + Math.max(1, width) + "d").formatted(highest);
    } while (taken.contains(name));
    try {
      NodeName _ = new NodeName(name);
    } catch (IllegalArgumentException e) {
      throw new Refusal("no name comes after " + model + "; give --name");
    }
    return name;
  }

  /** As the examples call the first node of a role. */
  private static String firstName(Role role) {
    if (role.equals(Role.MANAGEMENT)) {
      return "mgmt";
    }
    return role.equals(Role.KVM_WORKER) ? "kvm" : role.name();
  }

  // The address.

  private Ipv4 address(Role role) {
    Subnet subnet = site.managementSubnet();
    if (wish.address() == null) {
      return nextAddress(subnet, role);
    }
    Ipv4 address;
    try {
      address = Ipv4.parse(wish.address());
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          "--address: " + e.getMessage() + "; leave it out for " + nextAddress(subnet, role));
    }
    taken(address, subnet)
        .ifPresent(by -> {
          throw new Refusal(
              "--address: %s %s; leave it out for %s"
                  .formatted(address, by, nextAddress(subnet, role)));
        });
    return address;
  }

  /** Why a node cannot have it. */
  private Optional<String> taken(Ipv4 address, Subnet subnet) {
    Value management = root.at("networks").at("management");
    Value publicNetwork = root.at("networks").at("public");
    if (!subnet.isHost(address)) {
      return Optional.of(
          "is no host address of %s, networks.management.subnet (%s)"
              .formatted(subnet, at(management.at("subnet"))));
    }
    for (Map.Entry<String, Value> node : written.at("nodes").entries().entrySet()) {
      Value own = node.getValue().at("address");
      if (own instanceof Scalar(var _, var _, String text) && text.equals(address.toString())) {
        return Optional.of("is that of node %s (%s)".formatted(node.getKey(), at(own)));
      }
    }
    for (Value one :
        List.of(
            root.at("provisioning").at("address"),
            management.at("gateway"),
            publicNetwork.at("gateway"))) {
      if (one instanceof Scalar(var _, var _, String text) && text.equals(address.toString())) {
        return Optional.of("is %s (%s)".formatted(one.place().path(), at(one)));
      }
    }
    for (Value one :
        List.of(
            management.at("system_vms"),
            publicNetwork.at("range"),
            root.at("provisioning").at("pool"))) {
      Optional<AddressRange> range =
          one.isNothing() ? Optional.empty() : reading.attempt(() -> reading.range(one));
      if (range.filter(found -> found.contains(address)).isPresent()) {
        return Optional.of(
            "lies in %s %s (%s)".formatted(one.place().path(), range.get(), at(one)));
      }
    }
    return Optional.empty();
  }

  /**
   * The first free one after the highest of the role's nodes. Free is what stands nowhere in the
   * file: name servers, shares, controllers and whoever may log in have theirs, too.
   */
  private Ipv4 nextAddress(Subnet subnet, Role role) {
    Set<Ipv4> singles = new TreeSet<>();
    List<AddressRange> ranges = new ArrayList<>();
    mentioned(written, singles, ranges);
    List<Known> before = ofRole(role).toList();
    if (before.isEmpty()) {
      before = nodes;
    }
    Known highest = null;
    Ipv4 from = subnet.network();
    for (Known one : before) {
      Ipv4 own =
          reading.attempt(() -> reading.ipv4(one.merged.at("address"))).orElse(subnet.network());
      if (subnet.contains(own) && own.compareTo(from) > 0) {
        highest = one;
        from = own;
      }
    }
    Optional<Ipv4> next = free(subnet, from.plus(1), singles, ranges);
    if (next.isPresent()) {
      notes.add(
          next.get()
              + " is the first free address "
              + (highest == null ? "of " + subnet : "after that of " + highest.name));
      return next.get();
    }
    Ipv4 lowest =
        free(subnet, subnet.network().plus(1), singles, ranges)
            .orElseThrow(
                () -> new Refusal("no address of " + subnet + " is free; make a range smaller"));
    notes.add(lowest + " is the lowest free address of " + subnet + ": above there is none");
    return lowest;
  }

  private static Optional<Ipv4> free(
      Subnet subnet, Ipv4 from, Set<Ipv4> singles, List<AddressRange> ranges) {
    Ipv4 address = from;
    while (subnet.isHost(address)) {
      Ipv4 candidate = address;
      Optional<AddressRange> range =
          ranges.stream().filter(one -> one.contains(candidate)).findFirst();
      if (range.isPresent()) {
        address = range.get().last().plus(1);
      } else if (singles.contains(address)) {
        address = address.plus(1);
      } else {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }

  private static void mentioned(Value value, Set<Ipv4> singles, List<AddressRange> ranges) {
    value.entries().values().forEach(one -> mentioned(one, singles, ranges));
    value.items().forEach(one -> mentioned(one, singles, ranges));
    if (value instanceof Scalar(var _, var _, String text)) {
      Matcher range = RANGE.matcher(text);
      try {
        if (range.matches()) {
          ranges.add(new AddressRange(Ipv4.parse(range.group(1)), Ipv4.parse(range.group(2))));
        } else {
          ADDRESS.matcher(text).results().forEach(one -> singles.add(Ipv4.parse(one.group())));
        }
      } catch (IllegalArgumentException e) {
        // no addresses, or an error that validate tells
      }
    }
  }

  // What machines of the role have.

  /** That of the last node of the role; without one, the only profile that gives the role. */
  private @Nullable String profile(Role role, Optional<Known> model) {
    if (model.isPresent()) {
      return model.get().written.at("profile") instanceof Scalar(var _, var _, String name)
              && gives(name, role)
          ? name
          : null;
    }
    List<String> giving =
        root.at("profiles").entries().keySet().stream().filter(name -> gives(name, role)).toList();
    if (giving.size() > 1) {
      notes.add(
          "the profiles " + String.join(", ", giving) + " have that role: put one in, if it fits");
    }
    return giving.size() == 1 ? giving.getFirst() : null;
  }

  private boolean gives(String profile, Role role) {
    if (root.at("profiles").at(profile).isNothing()) {
      return false;
    }
    return reading
        .attempt(() -> site.withProfile(new Mapping(Place.START, Map.of("profile", text(profile)))))
        .map(merged -> merged.at("role"))
        .filter(Scalar.class::isInstance)
        .filter(value -> ((Scalar) value).text().equals(role.name()))
        .isPresent();
  }

  /** What must be said, since it is not what profile or default say. */
  private @Nullable Firmware firmware(Value merged) {
    if (wish.firmware() == null) {
      return null;
    }
    boolean bios = merged.at("firmware") instanceof Scalar scalar && scalar.text().equals("bios");
    return bios == (wish.firmware() == Firmware.BIOS) ? null : wish.firmware();
  }

  /** All NICs that its links take, the one that boots first. */
  private Map<String, String> nics(Role role, Value merged, Optional<Known> model) {
    List<String> usual =
        model.map(one -> List.copyOf(one.written.at("nics").entries().keySet())).orElse(List.of());
    Set<String> names = new LinkedHashSet<>();
    Set<String> ports = new LinkedHashSet<>();
    merged
        .at("links")
        .entries()
        .values()
        .forEach(link ->
            link.at("ports").items().stream()
                .filter(Scalar.class::isInstance)
                .forEach(port -> ports.add(((Scalar) port).text())));
    if (ports.isEmpty()) {
      // By default a worker's second NIC carries its guests, and all workers carry them alike.
      usual.stream().limit(role.equals(Role.KVM_WORKER) ? 2 : 1).forEach(names::add);
    } else {
      usual.stream().filter(ports::contains).forEach(names::add);
      names.addAll(ports);
    }
    if (names.isEmpty()) {
      names.add("nic1");
    }
    String boots = names.iterator().next();
    Map<String, String> nics = new LinkedHashMap<>();
    names.forEach(name -> nics.put(name, UNKNOWN_MAC));
    nics.put(boots, wish.mac().text());
    Map<MacAddress, String> own = new LinkedHashMap<>(Map.of(wish.mac(), boots));
    wish.nics()
        .forEach((name, text) -> {
          MacAddress mac = further(name, text, boots);
          String other = own.putIfAbsent(mac, name);
          if (other != null) {
            throw new Refusal(
                "--nic " + name + ": " + mac + " is already " + other + "; correct one");
          }
          nics.put(name, mac.text());
        });
    return nics;
  }

  private MacAddress further(String name, String text, String boots) {
    if (!NIC_NAME.matcher(name).matches()) {
      throw new Refusal(
          "--nic: %s is not a name for a NIC (a lower-case letter, then letters or digits); choose one like nic2"
              .formatted(Wording.quote(name)));
    }
    if (name.equals(boots)) {
      throw new Refusal(
          "--nic: %s is the NIC that boots, %s; name the other ones".formatted(name, wish.mac()));
    }
    MacAddress mac = macOrNull(text);
    if (mac == null) {
      throw new Refusal(
          "--nic %s: not a MAC address: %s; write it like 52:54:00:ab:cd:01"
              .formatted(name, Wording.quote(text)));
    }
    usable(mac, name);
    owner(mac)
        .ifPresent(owner -> {
          throw new Refusal(
              "--nic %s: %s is already %s of node %s (%s); correct one of them"
                  .formatted(name, mac, owner.nic, owner.node, at(owner.place)));
        });
    return mac;
  }

  /** The rule that was asked for, else that of the last node of the role, if it fits others. */
  private Optional<Value> disks(String name, Optional<Known> model, @Nullable String profile) {
    if (wish.disk() != null) {
      Matcher disk = DISK.matcher(wish.disk());
      if (!disk.matches()) {
        throw new Refusal(
            "--disk: %s is none of serial=.., wwn=.., path=.., min=40G or min=40G,max=60G"
                .formatted(Wording.quote(wish.disk())));
      }
      Map<String, Value> rule = new LinkedHashMap<>();
      if (disk.group(1) != null) {
        rule.put(disk.group(1), text(disk.group(2)));
      } else {
        rule.put("min", text(disk.group(3)));
        rule.put("max", text(disk.group(4)));
      }
      return Optional.of(os(new Mapping(Place.START, rule)));
    }
    Optional<Value> rule =
        model.map(one -> one.written.at("disks").at("os")).filter(Mapping.class::isInstance);
    if (rule.isEmpty()) {
      return Optional.empty();
    }
    if (ofOneMachine(rule.get())) {
      notes.add(
          "%s names its own disk, and %s takes the rule of %s; --disk gives another one"
              .formatted(
                  model.orElseThrow().name,
                  name,
                  profile == null ? "defaults" : "profile " + profile));
      return Optional.empty();
    }
    return Optional.of(os(rule.get()));
  }

  private static Mapping os(Value rule) {
    return new Mapping(Place.START, Map.of("os", rule));
  }

  private static boolean ofOneMachine(Value rule) {
    return rule.has("serial")
        || rule.has("wwn")
        || rule.at("raid1").items().stream().anyMatch(Adoption::ofOneMachine);
  }

  // The file.

  private record Put(List<String> lines, Edit edit) {}

  /** Puts the node in, reads the result, and trusts nothing but that. */
  private Put put(String name, Mapping node) {
    String text = new String(octets, StandardCharsets.UTF_8);
    List<String> alone = NodesText.lines(name, node);
    return switch (NodesText.add(text, name, node)) {
      case NodesText.Result.Impossible(String reason) ->
          new Put(alone, new Edit.Impossible(reason));
      case NodesText.Result.Edited(List<NodesText.Insertion> insertions, List<String> lines) -> {
        String edited = NodesText.apply(text, insertions);
        Optional<Value> after =
            new Reading(file.toString())
                .attempt(() ->
                    new YamlText(new Reading(file.toString()))
                        .parse(edited.getBytes(StandardCharsets.UTF_8)));
        if (after.isEmpty() || !isOldWith(after.get(), name, node)) {
          yield new Put(
              alone, new Edit.Impossible("its nodes are written in a way that no line fits into"));
        }
        int line = after.get().at("nodes").at(name).place().line();
        yield new Put(lines, new Edit.Possible(edited, line));
      }
    };
  }

  private boolean isOldWith(Value after, String name, Mapping node) {
    Map<String, Value> nodes = new LinkedHashMap<>(after.at("nodes").entries());
    Value added = nodes.remove(name);
    if (added == null || !added.json().toString().equals(node.json().toString())) {
      return false;
    }
    Map<String, Value> without = new LinkedHashMap<>(after.entries());
    without.put(
        "nodes",
        written.at("nodes") instanceof Mapping
            ? new Mapping(Place.START, nodes)
            : written.at("nodes"));
    return (written.at("nodes") instanceof Mapping || nodes.isEmpty())
        && new Mapping(Place.START, without).json().toString().equals(written.json().toString());
  }
}
