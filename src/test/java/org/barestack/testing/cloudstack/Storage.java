package org.barestack.testing.cloudstack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Primary and secondary storage, and the system virtual machines' template. */
final class Storage {
  private static final long TERABYTE = 1L << 40;
  private static final String FAILED = "Failed to add data store: ";

  private final State state;
  private final Progress progress;

  /** NFS servers that the management server cannot mount from. */
  final Set<String> unmountable = ConcurrentHashMap.newKeySet();

  Storage(State state, Commands commands, Progress progress) {
    this.state = state;
    this.progress = progress;
    commands.put("createStoragePool", this::createPool);
    commands.put(
        "listStoragePools",
        request ->
            Listing.of(
                request,
                Kind.STORAGE_POOL.word,
                state.all(Kind.STORAGE_POOL),
                false,
                this::listed));
    commands.put("enableStorageMaintenance", this::maintain);
    commands.put("deleteStoragePool", this::deletePool);
    commands.put("addImageStore", this::addStore);
    commands.list("listImageStores", Kind.IMAGE_STORE);
    commands.put("deleteImageStore", this::deleteStore);
    commands.put("listTemplates", this::templates);
  }

  private Answer createPool(Request request) {
    Thing zone = request.thing(Kind.ZONE, "zoneid");
    String name = request.need("name");
    String url = request.need("url");
    @Nullable Thing cluster =
        request.has("clusterid") ? request.thing(Kind.CLUSTER, "clusterid") : null;
    String scope = request.get("scope", cluster == null ? "zone" : "cluster");
    boolean wide = scope.equalsIgnoreCase("zone");
    String hypervisor = request.get("hypervisor", "");
    if (!wide && !scope.equalsIgnoreCase("cluster")) {
      throw Refusal.parameter("invalid scope for pool " + scope);
    }
    if (wide && hypervisor.isEmpty()) {
      throw Refusal.parameter(
          "Missing parameter hypervisor. Hypervisor type is required to create zone wide primary"
              + " storage.");
    }
    if (!wide && (cluster == null || !request.has("podid"))) {
      throw Refusal.parameter("Pod and cluster must be specified for a pool of a cluster");
    }
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      uri = URI.create("");
    }
    if (uri.getScheme() == null || uri.getHost() == null || uri.getPath() == null) {
      throw Refusal.internal(
          FAILED
              + "Cannot invoke \"Object.toString()\" because the return value of"
              + " \"java.util.Map.get(Object)\" is null");
    }
    String place = uri.getHost() + uri.getPath();
    for (Thing other : state.all(Kind.STORAGE_POOL)) {
      if (place.equals(other.text("ipaddress") + other.text("path"))) {
        Object pod = other.shown.has("podid") ? state.get(other.text("podid")).number : "null";
        throw Refusal.internal(
            FAILED
                + "Storage pool "
                + uri.getPath()
                + " already in use by another pod (id="
                + pod
                + ")");
      }
    }
    List<Thing> hosts =
        cluster == null || wide
            ? Hosts.ready(state, "zoneid", zone)
            : Hosts.ready(state, "clusterid", cluster);
    if (cluster != null && !wide && hosts.isEmpty()) {
      throw Refusal.internal(
          FAILED + "No host up to associate a storage pool with in cluster " + cluster.number);
    }
    // CloudStack makes a pool's id of its place, so that the same place has the same id again.
    String id = UUID.nameUUIDFromBytes(place.getBytes(UTF_8)).toString();
    Thing pool =
        state.add(Kind.STORAGE_POOL, zone.label + "/" + name, id, Shapes.of("storagepool"));
    Zones.put(pool.shown, zone);
    pool.set("name", name);
    pool.set("ipaddress", uri.getHost());
    pool.set("path", uri.getPath());
    pool.set("scope", wide ? "ZONE" : "CLUSTER");
    if (cluster != null && !wide) {
      pool.set("podid", cluster.text("podid"));
      pool.set("podname", cluster.text("podname"));
      pool.set("clusterid", cluster.id);
      pool.set("clustername", cluster.text("name"));
      hypervisor = cluster.text("hypervisortype");
    }
    pool.set("hypervisor", hypervisor);
    capacity(pool, hosts.isEmpty() ? 0 : TERABYTE);
    return Answer.now(pool);
  }

  private static void capacity(Thing pool, long bytes) {
    pool.shown.put("capacitybytes", bytes).put("disksizetotal", bytes);
  }

  /** A list shows more than the answer of the call that made it, and the capacity of today. */
  private ObjectNode listed(Thing pool) {
    if (!Hosts.ready(state, "zoneid", state.get(pool.text("zoneid"))).isEmpty()) {
      capacity(pool, TERABYTE);
    }
    ObjectNode shown = pool.shown.deepCopy();
    shown.putObject("storagecapabilities").put("VOLUME_SNAPSHOT_QUIESCEVM", "false");
    shown.putObject("details");
    return shown;
  }

  private Answer maintain(Request request) {
    Thing pool = request.target(Kind.STORAGE_POOL, id -> "Unable to obtain pool");
    return Answer.job(
        pool,
        () -> {
          pool.set("state", "Maintenance");
          ObjectNode shown = pool.shown.deepCopy();
          if (pool.is("hypervisor", "Simulator")) {
            shown.put("capacityiops", 1000000).put("usediops", 500000);
          }
          // A quirk of this call: the job is named inside of its own result.
          shown.put("jobid", pool.hidden.getOrDefault("jobid", "")).put("jobstatus", 0);
          return Answer.of(Kind.STORAGE_POOL.word, shown);
        });
  }

  private Answer deletePool(Request request) {
    Thing pool = request.target(Kind.STORAGE_POOL, id -> "Unable to find pool by id " + id);
    if (!pool.is("state", "Maintenance")) {
      throw Refusal.parameter(
          "Unable to delete storage due to it is not in Maintenance state, pool: StoragePool {\"id\":%d,\"name\":\"%s\",\"poolType\":\"%s\",\"uuid\":\"%s\"}"
              .formatted(pool.number, pool.text("name"), pool.text("type"), pool.id));
    }
    List<Thing> using =
        state.all(Kind.SYSTEM_VM, "zoneid", state.get(pool.text("zoneid"))).stream()
            .filter(vm -> pool.id.equals(vm.hidden.get("pool")))
            .toList();
    if (!using.isEmpty()) {
      throw Refusal.state(
          "Cannot delete pool %s as there are associated non-destroyed vols for this pool"
              .formatted(pool.text("name")));
    }
    state.remove(pool);
    return new Answer.Now(Answer.success());
  }

  /** Says yes as soon as the store's form is right, whether or not its share can be mounted. */
  private Answer addStore(Request request) {
    String url = request.get("url", "");
    String provider = request.need("provider");
    if (!provider.equals("NFS")) {
      throw Refusal.parameter("can't find image store provider: " + provider);
    }
    Thing zone = request.thing(Kind.ZONE, "zoneid");
    String name = request.get("name", url);
    if (state.all(Kind.IMAGE_STORE).stream().anyMatch(store -> store.matches("name", name))) {
      throw Refusal.parameter(
          "The image store with name " + name + " already exists, try creating with another name");
    }
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      uri = URI.create("");
    }
    if (!"nfs".equals(uri.getScheme()) || uri.getHost() == null) {
      throw Refusal.state(FAILED + url + " is not a valid uri");
    }
    boolean first = state.all(Kind.IMAGE_STORE, "zoneid", zone).isEmpty();
    Thing store = state.add(Kind.IMAGE_STORE, zone.label + "/" + name, Shapes.of("imagestore"));
    Zones.put(store.shown, zone);
    store.set("name", name);
    store.set("url", url);
    if (first && !unmountable.contains(uri.getHost())) {
      seed(zone, store);
    }
    return Answer.now(store);
  }

  /** Seeds for the hypervisors of the clusters that are there now. */
  private void seed(Thing zone, Thing store) {
    Set<String> hypervisors = new TreeSet<>();
    state
        .all(Kind.CLUSTER, "zoneid", zone)
        .forEach(each -> hypervisors.add(each.text("hypervisortype")));
    hypervisors.forEach(hypervisor -> seed(zone, store, hypervisor));
  }

  /** As {@code cloud-install-sys-tmplt} does. */
  void seed(Thing zone, Thing store, String hypervisor) {
    Thing template = template("systemtemplate", zone, store, hypervisor);
    String name =
        "SystemVM Template (%s)"
            .formatted(hypervisor.equals("Simulator") ? "simulator" : hypervisor);
    template.shown.put("name", name).put("displaytext", name);
  }

  private Thing template(String shape, Thing zone, Thing store, String hypervisor) {
    ObjectNode shown = Shapes.of(shape);
    shown.put("hypervisor", hypervisor);
    if (!hypervisor.equals("Simulator")) {
      shown.put("format", "QCOW2");
    }
    Zones.put(shown, zone);
    ((ObjectNode) shown.path("downloaddetails").path(0))
        .put("datastore", store.text("name"))
        .put("datastoreId", store.id);
    if (shown.path("downloaddetails").size() > 1) {
      ((ArrayNode) shown.path("downloaddetails")).remove(1);
    }
    shown.put("domainid", state.all(Kind.USER).getFirst().text("domainid"));
    Thing template = state.add(Kind.TEMPLATE, zone.label + "/" + shape + "/" + hypervisor, shown);
    // One template is in several zones.
    state.all(Kind.TEMPLATE).stream()
        .filter(other -> other.is("templatetype", template.text("templatetype")))
        .filter(other -> other.is("hypervisor", hypervisor))
        .findFirst()
        .ifPresent(other -> template.set("id", other.text("id")));
    return template;
  }

  /** A virtual machine has started of a template, which is on primary storage since. */
  void copied(Thing template, Thing pool) {
    ArrayNode places = (ArrayNode) template.shown.path("downloaddetails");
    for (com.fasterxml.jackson.databind.JsonNode place : places) {
      if (place.path("datastoreId").asText().equals(pool.id)) {
        return;
      }
    }
    places
        .addObject()
        .put("downloadState", "DOWNLOADED")
        .put("datastore", pool.text("name"))
        .put("datastoreRole", "Primary")
        .put("downloadPercent", "100")
        .put("datastoreId", pool.id);
  }

  /** Once a zone's secondary storage machine is up, it fetches what comes with CloudStack. */
  void fetchBuiltin(Thing zone, String hypervisor) {
    boolean there =
        state.all(Kind.TEMPLATE, "zoneid", zone).stream()
            .anyMatch(
                each -> each.is("templatetype", "BUILTIN") && each.is("hypervisor", hypervisor));
    List<Thing> stores = state.all(Kind.IMAGE_STORE, "zoneid", zone);
    if (there || stores.isEmpty()) {
      return;
    }
    Thing template = template("builtintemplate", zone, stores.getFirst(), hypervisor);
    template.set("name", template.text("name").replace("Simulator", hypervisor));
    template.set("displaytext", template.text("name"));
    if (!hypervisor.equals("Simulator")) {
      template.shown.put("isready", false).put("status", "0% Downloaded");
    }
  }

  private Answer templates(Request request) {
    for (Thing template : state.all(Kind.TEMPLATE)) {
      if (!template.shown.path("isready").asBoolean() && progress.due(template)) {
        template.shown.put("isready", true).put("status", "Download Complete");
      }
    }
    List<Thing> shown =
        request.need("templatefilter").equals("all")
            ? state.all(Kind.TEMPLATE)
            : state.all(Kind.TEMPLATE).stream()
                .filter(template -> !template.is("templatetype", "SYSTEM"))
                .toList();
    return Listing.of(request, Kind.TEMPLATE.word, shown, false);
  }

  private Answer deleteStore(Request request) {
    Thing store =
        request.target(Kind.IMAGE_STORE, id -> "Image store with id " + id + " doesn't exist");
    state.remove(store);
    Thing zone = state.get(store.text("zoneid"));
    if (state.all(Kind.IMAGE_STORE, "zoneid", zone).isEmpty()) {
      state.all(Kind.TEMPLATE, "zoneid", zone).forEach(state::remove);
    }
    return new Answer.Now(Answer.success());
  }
}
