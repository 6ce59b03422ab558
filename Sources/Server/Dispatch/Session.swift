import Bytes
import Commands
import Keyspace
import RESP

/// What a session command works with: the server, and the client that sent it.
struct Session {
    let server: Server
    let client: Reference<Client>

    var replies: ReplyWriter { server.execution.replies }
    var state: ClientSession { client.value.session }
    var database: Database { server.execution.database }
}
