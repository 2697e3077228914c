package org.barestack.serve.dhcp;

import java.util.Optional;
import java.util.UUID;
import org.barestack.model.MacAddress;
import org.barestack.wire.dhcp.Answer;
import org.barestack.wire.dhcp.Client;
import org.barestack.wire.dhcp.MessageType;

/**
 * A packet that a client sent, for those who keep a record of machines.
 *
 * @param type what it asks for
 * @param uuid as {@code dmidecode} shows it; only firmware and iPXE send one
 * @param answer what was done about it
 */
public record Seen(
    MacAddress mac, MessageType type, Client client, Optional<UUID> uuid, Answer answer) {}
