using Carillon.Kit.Pages;
using Microsoft.AspNetCore.Http;

namespace Carillon.Kit.SignIn;

/// <summary>The two requests with which a page of ours signs its browser in and out.</summary>
public sealed class OperatorSignIn(OneTimeTokens tokens, OperatorSessions operators)
{
    /// <summary>POST <c>{"token": "..."}</c> -> 204 with a cookie, or 403 with a code that says why not.</summary>
    public async Task SignInAsync(HttpContext context)
    {
        if (!Origins.IsOwn(context.Request))
        {
            await PageRequests.RefuseAsync(context, 403, "ForeignOrigin");
            return;
        }
        var request = await PageRequests.ReadAsync(context, PageJson.Default.SignInRequest);
        var redemption = string.IsNullOrEmpty(request?.Token) ? Redemption.Unknown : tokens.Redeem(request.Token);
        if (redemption == Redemption.Accepted)
        {
            operators.Open(context);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        await PageRequests.RefuseAsync(context, 403, redemption switch
        {
            Redemption.Used => "SignInUsed",
            Redemption.Expired => "SignInExpired",
            _ => "SignInInvalid",
        });
    }

    /// <summary>POST -> 204.</summary>
    public async Task SignOutAsync(HttpContext context)
    {
        if (!Origins.IsOwn(context.Request))
        {
            await PageRequests.RefuseAsync(context, 403, "ForeignOrigin");
            return;
        }
        operators.Close(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
