using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Channels;

// POST /channels -> 201.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record CreateChannelRequest : ISetsTags
{
    public string? AppInstanceArn { get; init; }

    public string? Name { get; init; }

    public string? Mode { get; init; }

    public string? Privacy { get; init; }

    public string? Metadata { get; init; }

    public string? ClientRequestToken { get; init; }

    public IReadOnlyList<TagShape>? Tags { get; init; }

    public string? ChannelId { get; init; }

    public IReadOnlyList<string>? MemberArns { get; init; }

    public IReadOnlyList<string>? ModeratorArns { get; init; }

    public ElasticChannelConfiguration? ElasticChannelConfiguration { get; init; }

    public ExpirationSettings? ExpirationSettings { get; init; }
}

internal sealed record CreateChannelResponse(string ChannelArn);

// Differs from AWS: elastic channels can be made in every region, not in us-east-1 alone.
internal static class CreateChannel
{
    public static readonly Operation<CreateChannelRequest, CreateChannelResponse> Operation = new(
        nameof(CreateChannel), Route.Post("/channels"), 201, Bearer.Required,
        Declares.ResourceLimitExceeded | Declares.Conflict,
        ChannelsJson.Default.CreateChannelRequest, ChannelsJson.Default.CreateChannelResponse,
        Bind: (r, _) => r,
        Check: (r, must) =>
        {
            TagShape.Check(r.Tags, must);
        },
        Resources: (_, call) => [call.BearerArn],
        Handle: async (r, call) =>
        {
            var appId = call.Arns.AppId(r.AppInstanceArn!);
            if (r.ExpirationSettings is not null)
            {
                call.Authorize("chime:PutChannelExpirationSettings", [call.Arns.Channel(new ChannelAddress(appId, r.ChannelId ?? "*"))]);
            }

            // AWS leaves the defaults open; we take the closed ones.
            var wish = new ChannelWish(
                r.ChannelId, r.Name!, Words.Mode(r.Mode) ?? ChannelMode.Restricted,
                r.Privacy == Words.Public ? ChannelPrivacy.Public : ChannelPrivacy.Private, r.Metadata,
                r.ExpirationSettings?.Read(),
                [.. (r.MemberArns ?? []).Select(call.Arns.PersonAddress)],
                [.. (r.ModeratorArns ?? []).Select(call.Arns.PersonAddress)],
                TagShape.Read(r.Tags))
            {
                Elastic = r.ElasticChannelConfiguration?.Read(),
            };
            var repetition = new Repetition(
                r.ClientRequestToken!, [nameof(CreateChannel), appId, call.BearerArn],
                [
                    r.Name, r.Mode, r.Privacy, r.Metadata, r.ChannelId, string.Join('\n', r.MemberArns ?? []),
                    string.Join('\n', r.ModeratorArns ?? []), TagShape.Fingerprint(r.Tags), r.ExpirationSettings?.ToString(),
                    r.ElasticChannelConfiguration?.ToString(),
                ]);
            var bearer = call.Bearer;
            var id = await call.Store.Write(ledger =>
                Core.Channels.Channels.Create(ledger, call.Quotas, repetition, bearer, appId, wish));
            return new(call.Arns.Channel(new ChannelAddress(appId, id)));
        });
}
