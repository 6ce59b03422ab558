/// Commands over files: saving, rewriting, loading, and the end of the server.
enum StorageCommands {
    static let all = [
        save, bgsave, lastsave, bgrewriteaof, shutdown, dump, restore, restoreAsking, migrate,
    ]
}
