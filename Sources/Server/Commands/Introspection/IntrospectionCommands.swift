import Bytes
import Commands
import RESP

/// Commands that tell what the server is and does.
enum IntrospectionCommands {
    static let all = [CommandCommands.command]
}
