import Bytes
import Platform
import RESP

extension Server {
    /// A client as log lines name it.
    func description(of client: Reference<Client>) -> String {
        let session = client.value.session
        return "id=\(client.value.identifier) addr=\(session.address.peer) "
            + "name=\(session.name.text) db=\(client.value.database)"
    }

    /// Writes a reply to a client outside of its own request.
    func answer(_ client: Reference<Client>, _ body: (ReplyWriter) -> Void) {
        guard !client.value.flags.contains(.repliesOff) else { return }
        body(ReplyWriter(client.value.replies, version: client.value.version))
        wantsToSend(client)
    }

    /// The answer to WAITAOF: whether the log is durable up to the client's last write, and the
    /// number of replicas.
    func answerDurability(_ client: Reference<Client>, isReached: Bool) {
        answer(client) { replies in
            replies.array(2)
            replies.integer(isReached)
            replies.integer(0)
        }
    }
}
