import Bytes
import Keyspace
import Persistence

/// The data of a file as the commands that rebuild it: as clients send them, or as JSON, an array
/// for each command.
enum RDBCommands {
    /// Large collections are written in parts of this size.
    private static let partSize = 1 << 20

    static func write(
        _ walk: inout RDBWalk, isJSON: Bool, _ output: ToolOutput
    ) throws(ToolFailure) {
        var commands = ByteBuffer()
        var json = JSONText(to: output)
        if isJSON { json.beginArray() }
        func hand(_ commands: inout ByteBuffer) {
            if isJSON {
                writeJSON(commands.bytes, to: &json)
            } else {
                output.write(commands.bytes)
            }
            commands.removeAll()
        }
        var database: Int?
        var modules = 0
        while let entry = try walk.next() {
            // The key has to outlast what is read next.
            let key = ByteString(entry.key)
            guard let value = try walk.value() else { continue }
            if database != entry.database {
                database = entry.database
                commands.appendRecord(["SELECT", ByteString(String(entry.database))])
            }
            switch value {
            case .module:
                modules += 1
                continue
            case .string(let text):
                commands.appendRecordHead(argumentCount: 3)
                commands.appendRecordArgument("SET")
                key.withSlice { commands.appendRecordArgument($0) }
                commands.appendRecordArgument(text)
            case .collection(let stored):
                key.withSlice { key in
                    var writer = RecordWriter(stored, key: key)
                    while writer.append(to: &commands, size: partSize) { hand(&commands) }
                }
                stored.free()
            }
            if let deadline = entry.record.deadline {
                commands.appendRecord(["PEXPIREAT", key, ByteString(String(deadline))])
            }
            hand(&commands)
        }
        if isJSON {
            json.endArray()
            json.finish()
        }
        guard modules == 0 else {
            throw .refused("\(counted(modules, "key")) of modules cannot be written as commands")
        }
    }

    private static func writeJSON(_ commands: ByteSlice, to json: inout JSONText) {
        var reader = RecordReader(commands)
        while let item = try? reader.next(), item == .record {
            json.breakLine()
            json.beginArray()
            for index in 0..<reader.arguments.count { json.value(nil, reader.arguments[index]) }
            json.endArray()
        }
    }
}
