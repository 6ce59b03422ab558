import Bytes
import Configuration
import Keyspace

// Keyspace notifications: what happens to keys, as messages.
//
// An event has up to two channels: `__keyspace@<database>__:<key>`, whose messages are the names of
// events, and `__keyevent@<database>__:<event>`, whose messages are keys. A message of a command waits
// for what the command's reply waits for; one of a key that went by itself waits for its record.
extension Server {
    /// Tells the subscribers of an event's channels.
    func publish(_ event: KeyEvent, of key: ByteSlice, in database: Int) {
        guard pubSub.channels.count > 0 || pubSub.patterns.count > 0 else { return }
        let channels = configuration.settings.storage.keyspaceEvents
        let name = ByteSlice(event.name)
        if channels.contains(.keyspace) {
            publish(name, toChannel: "__keyspace@", database, of: key)
        }
        if channels.contains(.keyevent) {
            publish(key, toChannel: "__keyevent@", database, of: name)
        }
    }

    private func publish(
        _ payload: ByteSlice, toChannel kind: StaticString, _ database: Int,
        of subject: ByteSlice
    ) {
        let channel = pubSub.channelName
        channel.value.removeAll()
        channel.value.append(kind)
        channel.value.append(decimal: Int64(database))
        channel.value.append("__:")
        channel.value.append(subject)
        publish(payload, to: channel.value.bytes, .channel, from: currentClient)
    }
}
