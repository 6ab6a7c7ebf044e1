namespace Carillon.Events.Core.Staff;

/// <summary>Whoever organises shows.</summary>
public sealed record Account(long Key, string Id, string Name, long Created);

public enum StaffKind
{
    Artist = 0,
    Moderator = 1,
}

/// <summary>An artist or moderator of one show.</summary>
/// <param name="UserId">On the platform: <c>artist-…</c> or <c>mod-…</c>.</param>
public sealed record StaffMember(
    long Key, string Id, long Show, string Name, StaffKind Kind, string UserId, bool Provisioned, long Created);

/// <summary>Whom a link or a cookie stands for: one of the two is set.</summary>
public sealed record SignedIn(long? Account, long? Staff);

/// <summary>A key that a shop adds tickets with; the key itself is known to the shop alone.</summary>
/// <param name="Hash">Of the key.</param>
/// <param name="Made">Microseconds since 1970.</param>
/// <param name="Used">When it last sold something, to the minute; microseconds, null for never.</param>
public sealed record ShopKey(byte[] Hash, long Made, long? Used)
{
    /// <summary>What it is called where keys are listed. It tells nothing of the key.</summary>
    public string Id => IdOf(Hash);

    public static string IdOf(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 6));
}

/// <summary>What came of presenting a link.</summary>
public sealed record LinkFound(SignedIn Who, long Expires, bool Used);

public interface IStaffView
{
    Account? Account(long key);

    Account? AccountByName(string name);

    IReadOnlyList<Account> Accounts();

    StaffMember? StaffByKey(long key);

    StaffMember? StaffById(string id);

    StaffMember? StaffByUser(string userId);

    /// <summary>In the order they were added; never many.</summary>
    IReadOnlyList<StaffMember> StaffOf(long show);

    SignedIn? SignedIn(byte[] cookieHash);

    LinkFound? Link(byte[] hash);

    /// <summary>The show that the key may add tickets to.</summary>
    long? ShowOfShopKey(byte[] hash);

    /// <summary>Those that are good, in the order they were made; never many.</summary>
    IReadOnlyList<ShopKey> ShopKeysOf(long show);
}

public interface IStaffLedger : IStaffView
{
    Account AddAccount(string name);

    void RemoveAccount(long key);

    StaffMember AddStaff(long show, string name, string nameFolded, StaffKind kind, string userId);

    /// <summary>With all their links and cookies.</summary>
    void RemoveStaff(long key);

    void PutStaffProvisioned(long key);

    void AddLink(byte[] hash, SignedIn who, long expires);

    void UseLink(byte[] hash);

    void AddSignIn(byte[] hash, SignedIn who, long expires);

    void DeleteSignIn(byte[] hash);

    void AddShopKey(byte[] hash, long show);

    /// <summary>It has just sold something.</summary>
    void PutShopKeyUsed(byte[] hash);

    /// <summary>From now on it is none.</summary>
    void RemoveShopKey(byte[] hash);
}
