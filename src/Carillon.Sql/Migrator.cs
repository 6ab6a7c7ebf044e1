namespace Carillon.Sql;

/// <summary>A numbered step of the schema; never edited once released.</summary>
public sealed record Migration(int Number, string Script);

/// <summary>Brings a database to the newest schema, a transaction per step.</summary>
public static class Migrator
{
    /// <exception cref="SchemaTooNewException">The data was written by a newer version.</exception>
    public static void Migrate(SqlConnection connection, Dialect dialect, IReadOnlyList<Migration> migrations)
    {
        connection.ExecuteScript("create table if not exists schema_version(version bigint not null)");
        var version = connection.Number("select coalesce(max(version), 0) from schema_version") ?? 0;
        var newest = migrations.Count == 0 ? 0 : migrations[^1].Number;
        if (version > newest)
        {
            throw new SchemaTooNewException(
                $"its schema is {version} and this version of the program knows {newest} and older. Start a newer version.");
        }

        foreach (var migration in migrations.Where(m => m.Number > version))
        {
            connection.Begin();
            try
            {
                connection.ExecuteScript(dialect.Spell(migration.Script));
                connection.Execute("insert into schema_version(version) values ($1)", migration.Number);
                connection.Commit();
            }
            catch
            {
                connection.Rollback();
                throw;
            }
        }
    }
}

/// <summary>A newer version of the program has been at this data.</summary>
public sealed class SchemaTooNewException(string message) : Exception(message);
