import Bytes

/// Who may do what.
public struct SecuritySettings: Sendable {
    /// The default user's password; empty asks for none.
    public var password: ByteString = ""
    public var usersFile = ""
    public var logCountMax = 128
    public var pubsubDefault = PubsubDefault.resetchannels
}

/// Whether a new user may use every channel or none.
public enum PubsubDefault: String, DirectiveWord { case allchannels, resetchannels }
