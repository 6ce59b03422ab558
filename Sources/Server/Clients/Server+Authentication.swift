import Bytes
import Commands
import Configuration
import RESP

extension Server {
    /// Lets a client in as a user, or says why not.
    ///
    /// There is one user, `default`; without a password of its own it takes any.
    func authenticate(
        _ client: Reference<Client>, as user: ByteSlice, password: ByteSlice
    ) throws(CommandError) {
        let expected = configuration.settings.security.password
        let isKnown = user == "default"
        let isRight = expected.isEmpty || expected.withSlice { $0.isSecretlyEqual(to: password) }
        guard isKnown, isRight else {
            statistics.authenticationFailures &+= 1
            throw .text("WRONGPASS invalid username-password pair or user is disabled.")
        }
        client.value.flags.insert(.authenticated)
        client.value.session.userName = ByteString(user)
    }

    /// Puts a client back to where it was when it connected (`RESET`).
    func reset(_ client: Reference<Client>) {
        if client.value.flags.contains(.monitor) { stopMonitoring(client) }
        endTransaction(of: client)
        forgetSubscriptions(of: client)
        client.value.flags.remove([
            .repliesOff, .skipsNextReply, .skipsReply, .noTouch, .noEvict, .authenticated,
        ])
        client.value.database = 0
        client.value.version = .two
        client.value.session.name = ""
        client.value.session.userName = "default"
        if configuration.settings.security.password.isEmpty {
            client.value.flags.insert(.authenticated)
        }
    }

    /// Shows a client every command from now on (`MONITOR`).
    func startMonitoring(_ client: Reference<Client>) {
        client.value.flags.insert(.monitor)
        monitors.append(client)
        care.insert(.monitored)
    }

    func stopMonitoring(_ client: Reference<Client>) {
        client.value.flags.remove(.monitor)
        monitors.removeAll { $0 == client }
        if monitors.isEmpty { care.remove(.monitored) }
    }
}

extension ByteSlice {
    /// Whether both are the same bytes, found out in a time that tells nothing of where they
    /// differ. The length of what was sent is no secret.
    func isSecretlyEqual(to sent: ByteSlice) -> Bool {
        var difference = UInt8(count == sent.count ? 0 : 1)
        guard count > 0 else { return sent.isEmpty }
        for index in 0..<sent.count { difference |= sent[index] ^ self[index % count] }
        return difference == 0
    }
}
