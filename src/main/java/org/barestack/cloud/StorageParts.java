package org.barestack.cloud;

import static org.barestack.cloud.LivingCloud.text;
import static org.barestack.cloud.Part.differs;
import static org.barestack.cloud.Part.there;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.barestack.cloud.Part.Fix;
import org.barestack.cloud.Part.Look;
import org.barestack.model.Site;

/** Where disks and templates lie. */
final class StorageParts {
  private final Site site;
  private final CloudFinder find;

  StorageParts(Site site, CloudFinder find) {
    this.site = site;
    this.find = find;
  }

  private URI primaryUrl() {
    return switch (site.storage()) {
      case Site.Storage.LabNfs() -> URI.create("nfs://" + find.management() + "/export/primary");
      case Site.Storage.Nfs(URI primary, var _) -> primary;
    };
  }

  private URI secondaryUrl() {
    return switch (site.storage()) {
      case Site.Storage.LabNfs() -> URI.create("nfs://" + find.management() + "/export/secondary");
      case Site.Storage.Nfs(var _, URI secondary) -> secondary;
    };
  }

  private static Fix storageInUse(String key) {
    return new Fix.Person(
        "disks and templates lie there",
        "say " + key + " in site.yaml as it is, or move them first and take the storage down",
        false);
  }

  Part primary() {
    URI url = primaryUrl();
    return Part.of(
        "primary storage",
        "primary",
        url.toString(),
        living ->
            primary(living)
                .<Look>map(found ->
                    there(
                        Stream.concat(
                            differs(
                                "url",
                                "nfs://" + text(found, "ipaddress") + text(found, "path"),
                                url.toString(),
                                storageInUse("storage")),
                            differs(
                                "scope",
                                text(found, "scope"),
                                "ZONE",
                                new Fix.Person(
                                    "other clusters do not reach it",
                                    "take it down, and apply makes it for the whole zone",
                                    false)))))
                .orElseGet(Look.Missing::new),
        living ->
            List.of(
                Call.of(
                    "createStoragePool",
                    "zoneid",
                    find.zoneId(living),
                    "name",
                    "primary",
                    "scope",
                    "zone",
                    "hypervisor",
                    find.hypervisor().toString(),
                    "url",
                    url.toString())));
  }

  /** The primary storage that is ours. */
  Optional<JsonNode> primary(LivingCloud living) {
    List<JsonNode> pools = find.inZone(living, Call.of("listStoragePools"));
    return pools.stream()
        .filter(pool -> text(pool, "name").equals("primary"))
        .findFirst()
        .or(() ->
            pools.stream()
                .filter(pool ->
                    ("nfs://" + text(pool, "ipaddress") + text(pool, "path"))
                        .equals(primaryUrl().toString()))
                .findFirst());
  }

  Part secondary() {
    URI url = secondaryUrl();
    return Part.of(
        "secondary storage",
        "secondary",
        url.toString(),
        living ->
            secondary(living)
                .<Look>map(found ->
                    there(
                        differs(
                            "url", text(found, "url"), url.toString(), storageInUse("storage"))))
                .orElseGet(Look.Missing::new),
        living ->
            List.of(
                Call.of(
                    "addImageStore",
                    "zoneid",
                    find.zoneId(living),
                    "provider",
                    "NFS",
                    "name",
                    "secondary",
                    "url",
                    url.toString())));
  }

  /** By its URL too: CloudStack takes the same one again under another name. */
  Optional<JsonNode> secondary(LivingCloud living) {
    List<JsonNode> stores = find.inZone(living, Call.of("listImageStores"));
    return stores.stream()
        .filter(store -> text(store, "name").equals("secondary"))
        .findFirst()
        .or(() ->
            stores.stream()
                .filter(store -> text(store, "url").equals(secondaryUrl().toString()))
                .findFirst());
  }
}
