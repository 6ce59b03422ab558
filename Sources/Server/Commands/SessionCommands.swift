/// The commands of this room, a file or a small family each.
enum SessionCommands {
    static let all: [SessionCommand] =
        ConnectionCommands.all + TransactionCommands.all + PubSubCommands.all
        + IntrospectionCommands.all
        + DurabilityCommands.all
        + AdministrationCommands.all
        + StorageCommands.all
        + RoleCommands.all
        + ClusterCommands.all
        + ModuleCommands.all
        + EvaluationCommands.all + ScriptCommands.all
        + FunctionCallCommands.all + FunctionCommands.all
}
