import Bytes
import Commands

/// The users of the server and what they were refused.
///
/// There is always a user `default`, which every new client is.
struct AccessControl {
    /// The same object as long as the server lives; its rights change.
    let defaultUser: User
    private var users: [ByteString: User]
    var log = AccessLog()

    static let defaultName: ByteString = "default"

    init(_ context: AccessRuleContext) {
        defaultUser = User(Self.defaultName, .ofEverybody(context))
        users = [Self.defaultName: defaultUser]
    }

    /// Whether a client that has not said who it is may do next to nothing.
    var asksForAuthentication: Bool { !defaultUser.needsNoAuthentication }

    func user(named name: ByteSlice) -> User? { users[ByteString(name)] }

    /// All users by their names' bytes.
    var sorted: [User] { users.values.sorted { $0.name < $1.name } }

    /// Gives a user rights, and makes the user when there is none of the name.
    mutating func set(_ rights: UserRights, of name: ByteString) {
        if let user = users[name] {
            user.rights = rights
        } else {
            users[name] = User(name, rights)
        }
    }

    /// Removes a user other than the default one, and returns it.
    mutating func remove(_ name: ByteSlice) -> User? {
        let isDefault = name == "default"
        precondition(!isDefault)
        return users.removeValue(forKey: ByteString(name))
    }

    /// Puts other users in the place of all. The default user stays the same object.
    ///
    /// - Returns: the users that are no more, though others may have their names.
    mutating func replace(by loaded: [UserDefinition], _ context: AccessRuleContext) -> [User] {
        let former = users.values.filter { $0 !== defaultUser }
        users = [Self.defaultName: defaultUser]
        defaultUser.rights = .ofEverybody(context)
        for definition in loaded { set(definition.rights, of: definition.name) }
        return former
    }
}

/// A user as read from a file or from the configuration.
struct UserDefinition {
    let name: ByteString
    let rights: UserRights
}
